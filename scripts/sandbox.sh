#!/usr/bin/env bash
# What the sandbox needs on a Debian or Ubuntu machine; run by CI, the devcontainer and people.
set -euo pipefail

if [ "$(id -u)" = 0 ]; then sudo=""; else sudo="sudo"; fi
# Ubuntu 24.04 lets no program without a profile make user namespaces.
restricted=$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2> /dev/null || echo 0)

needed=(bwrap:bubblewrap rg:ripgrep git:git)
if [ "$restricted" = 1 ]; then needed+=(apparmor_parser:apparmor); fi
missing=()
for pair in "${needed[@]}"; do
  command -v "${pair%%:*}" > /dev/null || missing+=("${pair##*:}")
done
if [ "${#missing[@]}" -gt 0 ]; then
  $sudo apt-get update -qq
  $sudo apt-get install -y -qq "${missing[@]}" > /dev/null
fi

if [ "$restricted" = 1 ]; then
  printf 'abi <abi/4.0>,\ninclude <tunables/global>\nprofile bwrap /usr/bin/bwrap flags=(unconfined) {\n  userns,\n}\n' |
    $sudo tee /etc/apparmor.d/bwrap > /dev/null
  $sudo apparmor_parser -r /etc/apparmor.d/bwrap
fi
