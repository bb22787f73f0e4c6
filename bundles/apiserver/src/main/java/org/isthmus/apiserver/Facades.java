package org.isthmus.apiserver;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ScheduledExecutorService;
import org.isthmus.rpc.FacadeSet;
import org.isthmus.spi.Plug;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every facade set of the container, each behind a plug of its own, so that one can be replaced while the others serve. */
final class Facades {
    private static final Logger LOG = LoggerFactory.getLogger(Facades.class);

    private final ScheduledExecutorService timer;
    private final Map<String, Room> rooms = new ConcurrentSkipListMap<>();
    private volatile Map<String, Room> byFacade = Map.of();

    Facades(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /** The facades of one key. What it offers stays known while its set is replaced: calls for it park on the plug. */
    static final class Room {
        private final String key;
        private final Plug<FacadeTable> plug;
        private final Map<FacadeSet, FacadeTable> bound = new IdentityHashMap<>();
        private volatile List<FacadeTable.Offered> offered = List.of();
        private volatile List<FacadeTable.OfferedRoute> routes = List.of();

        private Room(String key, ScheduledExecutorService timer) {
            this.key = key;
            this.plug = new Plug<>("facades " + key, timer);
        }

        Plug<FacadeTable> plug() {
            return plug;
        }

        List<FacadeTable.Offered> offered() {
            return offered;
        }

        List<FacadeTable.OfferedRoute> routes() {
            return routes;
        }
    }

    void bind(String key, FacadeSet set) {
        FacadeTable table = new FacadeTable(set);
        Room room = rooms.computeIfAbsent(key, k -> new Room(k, timer));
        synchronized (room.bound) {
            room.bound.put(set, table);
        }
        room.offered = table.offered();
        room.routes = table.offeredRoutes();
        index();
        room.plug.bind(table);
    }

    /** Waits for the calls that are inside the set. */
    void unbind(String key, FacadeSet set) {
        Room room = rooms.get(key);
        if (room == null) {
            return;
        }
        FacadeTable table;
        synchronized (room.bound) {
            table = room.bound.remove(set);
        }
        if (table != null) {
            room.plug.unbind(table);
        }
    }

    private synchronized void index() {
        Map<String, Room> index = new TreeMap<>();
        for (Room room : rooms.values()) {
            for (FacadeTable.Offered offered : room.offered) {
                Room other = index.putIfAbsent(offered.name(), room);
                if (other != null && other != room) {
                    LOG.warn("facade {} of {} is hidden by the one of {}", offered.name(), room.key, other.key);
                }
            }
        }
        byFacade = index;
    }

    /** Where this facade is served, or null. */
    Room of(String facade) {
        return byFacade.get(facade);
    }

    Collection<Room> rooms() {
        return new ArrayList<>(rooms.values());
    }
}
