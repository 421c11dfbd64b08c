#!/bin/sh
# In the network namespace that an agent shares with Doorward: loopback for all, the network for Doorward's user alone. Needs
# CAP_NET_ADMIN, once, before the agent starts; the agent has no capability to undo it. Fails where a rule cannot be set.
set -eu
doorward=${DOORWARD_UID:-10001}
for tables in iptables ip6tables; do
  $tables -w -P OUTPUT DROP
  $tables -w -F OUTPUT
  $tables -w -A OUTPUT -o lo -j ACCEPT
  $tables -w -A OUTPUT -m owner --uid-owner "$doorward" -j ACCEPT
  $tables -w -A OUTPUT -j REJECT
done
