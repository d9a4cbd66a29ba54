#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# host - hostnat - isp - visitornat - visitor, each a network namespace, in a namespace of users and mounts of their own.
# The boxes masquerade IPv4, keep state for IPv6, check TCP windows, and answer what nobody asked for with $1: drop or reject.
set -e
unsolicited=$1
mount -t tmpfs none /run
for name in host hostnat isp visitornat visitor; do
  ip netns add $name
  ip -n $name link set dev lo up
done

# link NAME DEVICE NAME DEVICE NET: .2 and .1 of 10.NET.0.0/24 and fd00:NET::/64
link() {
  ip link add name "$2" netns "$1" type veth peer name "$4" netns "$3"
  ip -n "$1" address add 10.$5.0.2/24 dev "$2"
  ip -n "$3" address add 10.$5.0.1/24 dev "$4"
  ip -n "$1" address add fd00:$5::2/64 dev "$2" nodad
  ip -n "$3" address add fd00:$5::1/64 dev "$4" nodad
  ip -n "$1" link set dev "$2" up
  ip -n "$3" link set dev "$4" up
  ip -n "$1" route add default via 10.$5.0.1
  ip -n "$1" route add default via fd00:$5::1
}
link hostnat out isp hosts 1
link visitornat out isp visitors 2
link host out hostnat in 3
link visitor out visitornat in 4
ip -n isp route add fd00:3::/64 via fd00:1::2
ip -n isp route add fd00:4::/64 via fd00:2::2

for name in hostnat isp visitornat; do
  ip netns exec $name sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding'
done
# Every Time Exceeded is to come, also the second within a second.
ip netns exec isp sh -c 'echo 0 > /proc/sys/net/ipv4/icmp_ratelimit; echo 0 > /proc/sys/net/ipv6/icmp/ratelimit'
[ "$unsolicited" = reject ] && answer='meta l4proto tcp reject with tcp reset' || answer=drop
for name in hostnat visitornat; do
  ip netns exec $name sh -c 'echo 0 > /proc/sys/net/netfilter/nf_conntrack_tcp_be_liberal'
  ip netns exec $name nft "table inet box {
    chain post { type nat hook postrouting priority srcnat; meta nfproto ipv4 oifname out masquerade; }
    chain input {
      type filter hook input priority 0; policy drop;
      ct state established,related accept
      meta l4proto ipv6-icmp accept
      $answer
    }
    chain forward {
      type filter hook forward priority 0; policy drop;
      ct state invalid drop
      ct state established,related accept
      iifname in accept
      $answer
    }
  }"
done
echo up
exec sleep 600
