#!/bin/bash
# Masks all services except the stand-in's: the stand-in also runs privileged, and other services would change the
# machine.
set -euo pipefail

systemctl set-default multi-user.target
systemctl mask \
  systemd-{sysctl,modules-load,binfmt,random-seed,machine-id-commit,remount-fs,logind,user-sessions}.service \
  systemd-{timesyncd,networkd,resolved,firstboot,repart,sysusers,rfkill,backlight@,pstore,pcrphase}.service \
  systemd-{pcrphase-sysinit,update-utmp,update-utmp-runlevel,tmpfiles-setup-dev,hwdb-update}.service \
  systemd-{udevd,udev-trigger,udev-settle,journal-flush,vconsole-setup}.service \
  systemd-{udevd-control,udevd-kernel,journald-audit,initctl,rfkill}.socket \
  systemd-ask-password-{console,wall}.{path,service} systemd-tmpfiles-clean.{timer,service} \
  kmod-static-nodes.service proc-sys-fs-binfmt_misc.{automount,mount} \
  dev-{hugepages,mqueue}.mount sys-fs-fuse-connections.mount sys-kernel-{config,debug,tracing}.mount \
  {cryptsetup,integritysetup,veritysetup,remote-cryptsetup,swap,getty}.target \
  {getty@,console-getty,serial-getty@,container-getty@,autovt@,getty-static}.service \
  {fstrim,dpkg-db-backup,apt-daily,apt-daily-upgrade,e2scrub_all}.{timer,service} e2scrub_reap.service
# The stand-in must not set up the devices and limits of the host.
rm -f /usr/lib/tmpfiles.d/static-nodes-permissions.conf /etc/machine-id
: >/etc/machine-id
