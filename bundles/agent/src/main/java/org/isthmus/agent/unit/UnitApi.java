package org.isthmus.agent.unit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.isthmus.agent.AgentApi;
import org.isthmus.agent.ControllerUnreachable;
import org.isthmus.api.Code;
import org.isthmus.api.Names;
import org.isthmus.api.Refused;
import org.isthmus.api.Tag;
import org.isthmus.wire.agent.AgentStatuses;
import org.isthmus.wire.agent.AgentTag;
import org.isthmus.wire.agent.CharmSettings;
import org.isthmus.wire.agent.GoalState;
import org.isthmus.wire.agent.HookChanges;
import org.isthmus.wire.agent.HookCommitted;
import org.isthmus.wire.agent.LeadershipAnswer;
import org.isthmus.wire.agent.LeadershipClaim;
import org.isthmus.wire.agent.NetworkInfo;
import org.isthmus.wire.agent.NetworkQuery;
import org.isthmus.wire.agent.OpenPorts;
import org.isthmus.wire.agent.RelationQuery;
import org.isthmus.wire.agent.ScopeChange;
import org.isthmus.wire.agent.Settings;
import org.isthmus.wire.agent.StatusReading;
import org.isthmus.wire.agent.UnitMemory;
import org.isthmus.wire.agent.UnitRemoteStateResult;
import org.isthmus.wire.agent.WorkloadVersion;

/** What one unit asks of its controller. Every call waits for a connection, a minute at most. */
public final class UnitApi {
    public static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int VERSION = 19;

    private final AgentApi api;
    private final String unit;
    private final String model;
    private final Duration patience;

    public UnitApi(AgentApi api, String unit, String model, Duration patience) {
        this.api = api;
        this.unit = unit;
        this.model = model;
        this.patience = patience;
    }

    public String unit() {
        return unit;
    }

    public String application() {
        return Names.applicationOf(unit);
    }

    void trace(String of) {
        api.trace(of);
    }

    public String trace() {
        return api.trace();
    }

    boolean isUp() {
        return api.link().isUp();
    }

    long session(Duration limit) throws InterruptedException {
        return api.session(limit);
    }

    AgentApi.Watching<UnitRemoteStateResult> watch(long connection) throws InterruptedException {
        return api.watch(
                connection, "Uniter", VERSION, "WatchUnit", self(), "UnitStateWatcher", UnitRemoteStateResult.class);
    }

    UnitMemory memory() throws InterruptedException {
        return call("Memory", self(), UnitMemory.class);
    }

    HookCommitted commit(HookChanges changes) throws InterruptedException {
        // A commit that was kept over a change of the model's owner goes to the new one.
        long connection = api.session(patience);
        try {
            return call("CommitHook", changes.withEpoch(api.link().epoch()), HookCommitted.class);
        } catch (Refused refused) {
            if (refused.problem().code() != Code.REDIRECT) {
                throw refused;
            }
            api.link().distrust(connection);
            throw new ControllerUnreachable(refused.getMessage(), refused);
        }
    }

    void enterScope(int relation, Map<String, String> settings) throws InterruptedException {
        call("EnterScope", new ScopeChange(api.tag(), relation, settings), Void.class);
    }

    void leaveScope(int relation) throws InterruptedException {
        call("LeaveScope", new ScopeChange(api.tag(), relation, null), Void.class);
    }

    void updateAddresses(Map<String, String> settings) throws InterruptedException {
        call("UpdateAddresses", new ScopeChange(api.tag(), 0, settings), Void.class);
    }

    void clearResolved() throws InterruptedException {
        call("ClearResolved", self(), Void.class);
    }

    void ensureDead() throws InterruptedException {
        call("EnsureDead", self(), Void.class);
    }

    void agentStatus(String status, String message, Map<String, Object> data) throws InterruptedException {
        api.callOne("Uniter", VERSION, "SetAgentStatus", status(api.tag(), status, message, data), patience);
    }

    void downloadCharm(Path target) throws IOException, InterruptedException {
        api.download("/model/" + model + "/units/" + api.tag() + "/charm", target);
    }

    LeadershipAnswer claimLeadership() throws InterruptedException {
        return api.call(
                "LeadershipService",
                2,
                "ClaimLeadership",
                new LeadershipClaim(Tag.application(application()).toString(), api.tag()),
                LeadershipAnswer.class,
                patience);
    }

    // --- for hook tools

    public Map<String, Object> config() throws InterruptedException {
        return call("ConfigSettings", self(), CharmSettings.class).settings();
    }

    public Map<String, String> settings(int relation, String of) throws InterruptedException {
        return call("ReadSettings", new RelationQuery(api.tag(), relation, of), Settings.class)
                .settings();
    }

    /** @param relation null for none in particular */
    public NetworkInfo networkInfo(Integer relation) throws InterruptedException {
        return call("NetworkInfo", new NetworkQuery(api.tag(), relation), NetworkInfo.class);
    }

    public List<HookChanges.Port> openedPorts() throws InterruptedException {
        return call("OpenedPorts", self(), OpenPorts.class).ports();
    }

    public StatusReading unitStatus() throws InterruptedException {
        return call("UnitStatus", self(), StatusReading.class);
    }

    public StatusReading applicationStatus() throws InterruptedException {
        return call("ApplicationStatus", self(), StatusReading.class);
    }

    public GoalState goalState() throws InterruptedException {
        return call("GoalState", self(), GoalState.class);
    }

    public void setStatus(String status, String message) throws InterruptedException {
        api.callOne("Uniter", VERSION, "SetUnitStatus", status(api.tag(), status, message, null), patience);
    }

    public void setApplicationStatus(String status, String message) throws InterruptedException {
        api.callOne("Uniter", VERSION, "SetApplicationStatus", status(api.tag(), status, message, null), patience);
    }

    public void setWorkloadVersion(String version) throws InterruptedException {
        call("SetWorkloadVersion", new WorkloadVersion(api.tag(), version), Void.class);
    }

    static AgentStatuses status(String tag, String status, String message, Map<String, Object> data) {
        return new AgentStatuses(List.of(new AgentStatuses.Item(tag, status, message, data)));
    }

    private AgentTag self() {
        return new AgentTag(api.tag());
    }

    private <T> T call(String method, Object params, Class<T> type) throws InterruptedException {
        return api.call("Uniter", VERSION, method, params, type, patience);
    }
}
