#!/bin/bash
# Keeps the agent of one machine up: supervisor.sh MACHINE_FOLDER. Outlives the container that started it. Ends when the machine is
# dead (the agent exits with 0) or when the file agent/stop is there; with 3, doing nothing, where the machine has a supervisor,
# and with 4 where that cannot be told.
machine=${1:?machine folder}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lib=$here
[[ -d $here/lib ]] && lib=$here/lib
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
options=$here/agent.jvmopts
[[ -f $options ]] || options=$lib/agent.jvmopts

jvm=()
if [[ -f $options ]]; then
    while read -r option; do
        [[ $option && $option != \#* ]] && jvm+=("$option")
    done <"$options"
fi

child=
adopted=
finish() {
    local agent=$child
    if [[ $adopted ]]; then
        # One that is just starting has not said yet which process it is.
        while [[ ! -s $machine/agent/agent.pid ]] && kill -0 "$child" 2>/dev/null; do sleep 0.1; done
        agent=$(<"$machine/agent/agent.pid")
    fi
    [[ $agent ]] && kill "$agent" 2>/dev/null && wait "$child"
    exit 0
}
trap finish TERM INT HUP

fail() {
    echo "$(date -u +%FT%TZ) ERROR $1"
    exit 4
}

# 0: nobody had it; 1: somebody has. Without flock, or where the file system knows no locks, that cannot be told.
lock() {
    flock -n "$1"
    local code=$?
    ((code > 1)) && fail "cannot lock $2: flock ended with $code"
    return "$code"
}

mkdir -p "$machine/log"
# One supervisor: whoever starts a second does not know of the first. No child has this descriptor, so it ends with this process.
exec 9>>"$machine/agent/supervisor.lock" || fail "cannot write $machine/agent/supervisor.lock"
if ! lock 9 "$machine/agent/supervisor.lock"; then
    echo "$(date -u +%FT%TZ) the machine has a supervisor"
    exit 3
fi
# One agent: it inherits this one, and hands it to no hook. Where the last supervisor was killed, its agent is in the midst of its
# work: it goes on, and its end is waited for as if it had been started here.
exec 8>>"$machine/agent/agent.lock" || fail "cannot write $machine/agent/agent.lock"
if ! lock 8 "$machine/agent/agent.lock"; then
    adopted=yes
    echo "$(date -u +%FT%TZ) the agent of a supervisor that was killed is still there"
    flock 8 9>&- &
    child=$!
    wait "$child"
    echo "$(date -u +%FT%TZ) the agent of a supervisor that was killed ended"
    child=
    adopted=
fi
pause=1
while [[ ! -e $machine/agent/stop ]]; do
    # One old log is kept; the agent's own lines are in the model's log too.
    log=$machine/log/agent.log
    [[ -f $log && $(stat -c %s "$log") -gt 10485760 ]] && mv "$log" "$log.1"
    started=$SECONDS
    : >"$machine/agent/agent.pid"
    "$java" "${jvm[@]}" -cp "$lib/*" org.isthmus.agent.AgentMain "$machine/agent" >>"$log" 2>&1 </dev/null 9>&- &
    child=$!
    wait "$child"
    code=$?
    child=
    [[ $code == 0 ]] && exit 0
    # An agent that ran for a minute was well: it comes back at once.
    ((SECONDS - started > 60)) && pause=1
    echo "$(date -u +%FT%TZ) the agent ended with $code; again in $pause s"
    sleep "$pause" 8>&- 9>&- &
    child=$!
    wait "$child"
    child=
    pause=$((pause < 30 ? pause * 2 : 60))
done
