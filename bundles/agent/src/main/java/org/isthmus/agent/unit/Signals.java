package org.isthmus.agent.unit;

/**
 * What the resolver must know beside local and remote state.
 *
 * @param leader whether this unit leads now; null while that is not known
 * @param retryDue the failed hook's waiting time is over
 * @param updateStatusDue it is time for update-status
 * @param dropDue a hook whose relation is gone may be dropped: the controller did not just refuse that
 * @param boot which start of the host this is; null where that cannot be told
 */
public record Signals(Boolean leader, boolean retryDue, boolean updateStatusDue, boolean dropDue, String boot) {}
