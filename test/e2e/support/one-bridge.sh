#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# host and phone, each a network namespace, on one bridge, in a namespace of users and mounts of their own; the bridge is the router.
# Both have an address of the Internet as well, as a machine in a data centre would: 203.0.113.0/24. The host is called suite.example.
set -e
mount -t tmpfs none /run
printf '127.0.0.1 localhost\n192.168.7.20 suite.example mine.suite.example other.suite.example\n' > /run/hosts
mount --bind /run/hosts /etc/hosts
# Nobody answers other names, at once: browsers ask for some, and would wait.
echo 'nameserver 127.0.0.1' > /run/resolv.conf
[ -e /etc/resolv.conf ] && mount --bind /run/resolv.conf "$(readlink -f /etc/resolv.conf)"
ip link set dev lo up
ip link add name lan type bridge
ip address add 192.168.7.1/24 dev lan
ip link set dev lan up
number=20
for name in host phone; do
  ip netns add $name
  ip -n $name link set dev lo up
  ip link add name $name type veth peer name out netns $name
  ip link set dev $name master lan up
  ip -n $name address add 192.168.7.$number/24 dev out
  ip -n $name address add fd00:7::$number/64 dev out nodad
  ip -n $name address add 203.0.113.$number/24 dev out
  ip -n $name link set dev out up
  ip -n $name route add default via 192.168.7.1
  number=$((number + 1))
done
echo up
exec sleep 600
