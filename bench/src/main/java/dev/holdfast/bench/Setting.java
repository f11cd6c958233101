package dev.holdfast.bench;

/**
 * What a measurement is given.
 *
 * @param folders where data folders come from
 * @param template what the floor writes
 * @param slots of the node that is measured
 */
record Setting(Scale scale, Folders folders, Template template, int slots) {
    Setting warmingUp() {
        return new Setting(scale.warmingUp(), folders, template, slots);
    }
}
