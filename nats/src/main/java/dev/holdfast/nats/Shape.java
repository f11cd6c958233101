package dev.holdfast.nats;

import dev.holdfast.core.Refused;
import io.nats.client.Connection;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * How a stream is to be: nothing of it goes while its run is there.
 *
 * @param replicas how often it is stored; 0 if that is left to us
 */
record Shape(Names names, int replicas) {
    /** What is made where there is none. */
    StreamConfiguration wanted(Connection connection) {
        return StreamConfiguration.builder()
                .name(names.stream())
                // Tells it from others of its name. When it was made does not: a server that was started again says
                // otherwise.
                .description("Streams of Holdfast's runs, " + UUID.randomUUID())
                .subjects(names.runs() + "*")
                .storageType(StorageType.File)
                .retentionPolicy(RetentionPolicy.Limits)
                .discardPolicy(DiscardPolicy.New)
                .replicas(replicas == 0 ? replicas(connection) : replicas)
                .build();
    }

    /** Three where there are as many servers. */
    private static int replicas(Connection connection) {
        var server = connection.getServerInfo();
        boolean many = server.getCluster() != null && server.getConnectURLs().size() >= 3;
        return many ? 3 : 1;
    }

    /**
     * @param where for people
     * @throws Refused {@code nats_stream} if it is not like that
     */
    void demand(StreamConfiguration present, String where) {
        List<String> wrong = wrong(present);
        if (wrong.isEmpty()) return;
        throw new Refused(
                "nats_stream",
                "the stream " + present.getName() + " of NATS at " + where + " is not as it is to be: "
                        + String.join("; ", wrong)
                        + ". What a run has sent must not go while the run is there: change it with 'nats stream edit "
                        + present.getName() + "', or name another one");
    }

    private List<String> wrong(StreamConfiguration present) {
        var wrong = new ArrayList<String>();
        var subjects = List.of(names.runs() + "*");
        if (!present.getSubjects().equals(subjects))
            wrong.add("its subjects are " + present.getSubjects() + " and not " + subjects);
        if (present.getRetentionPolicy() != RetentionPolicy.Limits)
            wrong.add("its retention is " + present.getRetentionPolicy() + " and not limits");
        if (present.getStorageType() != StorageType.File) wrong.add("it is not stored in files");
        if (isLimited(present.getMaxMsgs())) wrong.add("it has a limit of messages");
        if (isLimited(present.getMaxMsgsPerSubject())) wrong.add("it has a limit of messages per subject");
        if (isLimited(present.getMaxBytes()) && present.getDiscardPolicy() != DiscardPolicy.New)
            wrong.add("it has a limit of bytes, and discards what is old");
        if (present.getMaxAge() != null && !present.getMaxAge().isZero()) wrong.add("it has a limit of age");
        if (isLimited(present.getMaximumMessageSize())) wrong.add("it has a limit of the size of a message");
        if (present.getSealed()) wrong.add("it is sealed");
        if (present.getDenyPurge()) wrong.add("it denies that anything is purged");
        var sources = present.getSources();
        if (present.getMirror() != null || (sources != null && !sources.isEmpty()))
            wrong.add("it gets messages of other streams");
        if (replicas != 0 && present.getReplicas() != replicas)
            wrong.add("it has " + present.getReplicas() + " replicas and not " + replicas);
        return wrong;
    }

    private static boolean isLimited(long limit) {
        return limit > 0;
    }
}
