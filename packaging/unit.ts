export const USER = 'gobox'
export const HOME = '/var/lib/gobox'
export const DATA = `${HOME}/data`
export const ENVIRONMENT_FILE = `${HOME}/gobox.env`
export const BINARY = '/usr/local/bin/gobox'
export const UNIT_FILE = '/etc/systemd/system/gobox.service'

/** The service: its own user, nothing writable but its folders, and no more rights than a web server needs. */
export const UNIT = `[Unit]
Description=goBox: orders of vending cabinets into C8
Documentation=file:${ENVIRONMENT_FILE}
After=network-online.target
Wants=network-online.target

[Service]
User=${USER}
Group=${USER}
WorkingDirectory=${HOME}
ExecStart=${BINARY} serve
Restart=always
RestartSec=1
TimeoutStopSec=15
StateDirectory=gobox
StateDirectoryMode=0700
CacheDirectory=gobox
CacheDirectoryMode=0700
UMask=0077
LimitNOFILE=16384

CapabilityBoundingSet=
DevicePolicy=closed
LockPersonality=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`

/** The settings file that the first installation writes. */
export const ENVIRONMENT = `# goBox 的设置，改完运行：systemctl restart gobox
# goBox 的接口地址，向货柜供应商要
#NUXT_GOBOX_URL=https://gobox.example.com
# C8 的地址（多个用逗号分隔）
#NUXT_C8_ALLOWED_ORIGINS=https://c8.example.com
# 反向代理（nginx、Caddy）在本机时，只听本机，并信任它的 X-Forwarded-For
HOST=127.0.0.1
PORT=3000
#NUXT_TRUSTED_PROXIES=127.0.0.1
# 备份放到别的盘：另外运行 systemctl edit gobox，写上两行：[Service] 和 ReadWritePaths=/mnt/backup
#NUXT_BACKUP_DIR=/mnt/backup
`
