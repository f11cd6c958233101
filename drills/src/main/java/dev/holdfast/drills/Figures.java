package dev.holdfast.drills;

import java.util.List;

/** What a drill did and measured, and how that is told to people. */
sealed interface Figures permits CrashFigures, ClusterFigures, StreamFigures {
    /** How large it was, in a few words each. */
    List<String> sizes();

    Picture picture(Timeline timeline, Look look);

    /** A line for each thing that was measured. */
    void tell(Page page);

    /** What can be said if nothing was violated. */
    String promise();

    /** What is kept in the folder of the evidence. */
    String kept();
}
