-- What a node hosts: the version of the code for each task, as a JSON object. Its row's key is not touched by it.
ALTER TABLE nodes ADD COLUMN hosts text;

-- The one node, if any, that takes nobody, so that a suspect can be tried alone on it. It counts only while that node is alive.
CREATE TABLE closed_door (
    only_row    int PRIMARY KEY DEFAULT 1 CHECK (only_row = 1),
    number      int,
    incarnation bigint
);
INSERT INTO closed_door (number, incarnation) VALUES (NULL, NULL);
