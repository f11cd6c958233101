package dev.holdfast.testkit.memory;

import dev.holdfast.core.Holder;
import dev.holdfast.engine.port.Hints;
import dev.holdfast.engine.port.Notice;
import dev.holdfast.engine.port.Peers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The nodes on one disk as one of them sees them. Nobody notices by itself that a node has died: whoever plays fate says
 * so, to the disk ({@link MemoryDisk#bury}), and to each node that is to hear of it ({@link #hear}).
 */
public final class MemoryPeers implements Peers {
    private final MemoryDisk disk;
    private final Holder node;
    private final List<Consumer<Witness>> forDeaths = new CopyOnWriteArrayList<>();
    private volatile boolean suspended;

    MemoryPeers(MemoryDisk disk, Holder node) {
        this.disk = disk;
        this.node = node;
    }

    /** This node is told that another one may have died. */
    public void hear() {
        forDeaths.forEach(each -> each.accept(Witness.THIS_NODE));
    }

    /** From now on this node does not know whether it is still one of them. */
    public void suspend() {
        suspended = true;
    }

    /** It knows again. */
    public void resume() {
        suspended = false;
    }

    @Override
    public Holder node() {
        return node;
    }

    @Override
    public boolean isCluster() {
        return true;
    }

    @Override
    public int alive() {
        disk.lock.lock();
        try {
            return Math.max(1, disk.nodes.size());
        } finally {
            disk.lock.unlock();
        }
    }

    @Override
    public boolean serving() {
        return !suspended;
    }

    @Override
    public void announce(Map<String, Notice> hosted) {
        disk.lock.lock();
        try {
            disk.nodes.computeIfPresent(node, (holder, before) -> new LinkedHashMap<>(hosted));
        } finally {
            disk.lock.unlock();
        }
    }

    @Override
    public Map<String, Notice> newest() {
        disk.lock.lock();
        try {
            var all = new TreeMap<String, Notice>();
            disk.nodes.values().forEach(all::putAll);
            return all;
        } finally {
            disk.lock.unlock();
        }
    }

    @Override
    public Map<String, Set<String>> hosts() {
        disk.lock.lock();
        try {
            var all = new TreeMap<String, Set<String>>();
            for (Map<String, Notice> hosted : disk.nodes.values()) {
                hosted.forEach((task, notice) ->
                        all.computeIfAbsent(task, t -> new TreeSet<>()).add(notice.version()));
            }
            return all;
        } finally {
            disk.lock.unlock();
        }
    }

    @Override
    public Hints.Listening onDeath(Consumer<Witness> look) {
        forDeaths.add(look);
        return () -> forDeaths.remove(look);
    }

    @Override
    public boolean closeDoor() {
        disk.lock.lock();
        try {
            if (disk.door != null && !disk.door.equals(node)) return false;
            disk.door = node;
            return true;
        } finally {
            disk.lock.unlock();
        }
    }

    @Override
    public void openDoor() {
        disk.lock.lock();
        try {
            if (node.equals(disk.door)) disk.door = null;
        } finally {
            disk.lock.unlock();
        }
    }
}
