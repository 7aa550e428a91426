package app

// The keys that the platforms document, as far as this project could want them. Read in November 2026 at the addresses beside them.

// https://docs.railway.com/config-as-code/reference and https://railway.com/railway.schema.json
var railwayShape = shape{
	"$schema": oneOf{"https://railway.com/railway.schema.json"},
	"build": shape{
		"builder":        oneOf{"RAILPACK", "DOCKERFILE"},
		"buildCommand":   isText,
		"dockerfilePath": isText,
		"watchPatterns":  isTexts,
	},
	"deploy": shape{
		"startCommand":            isText,
		"preDeployCommand":        isText,
		"numReplicas":             isNumber,
		"healthcheckPath":         oneOf{"/healthz", "/readyz"}, // of those that the bot serves
		"healthcheckTimeout":      isNumber,                     // seconds
		"overlapSeconds":          isNumber,
		"drainingSeconds":         isNumber, // a isText is refused, whatever the reference's own example says
		"sleepApplication":        isSwitch,
		"restartPolicyType":       oneOf{"ON_FAILURE", "ALWAYS", "NEVER"},
		"restartPolicyMaxRetries": isNumber,
		"cronSchedule":            isText,
	},
}

// https://github.com/compose-spec/compose-spec/blob/main/spec.md
var composeShape = shape{
	"services": shape{"*": shape{
		"build":             isText,
		"cap_drop":          isTexts,
		"command":           isTexts,
		"depends_on":        isTexts,
		"env_file":          isText,
		"environment":       shape{"*": isText},
		"healthcheck":       shape{"test": isTexts, "interval": isText, "timeout": isText, "retries": isNumber, "start_period": isText},
		"image":             isText,
		"logging":           shape{"driver": isText, "options": shape{"*": isText}},
		"mem_limit":         isText,
		"ports":             isTexts,
		"profiles":          isTexts,
		"read_only":         isSwitch,
		"restart":           oneOf{"no", "always", "on-failure", "unless-stopped"},
		"security_opt":      isTexts,
		"stop_grace_period": isText,
		"tmpfs":             isTexts,
		"user":              isText,
		"volumes":           isTexts,
	}},
	"volumes": shape{"*": isNothing},
}

// https://render.com/docs/blueprint-spec
var renderShape = shape{
	"services": []any{shape{
		"type":                    oneOf{"web", "worker", "pserv", "cron"},
		"name":                    isText,
		"runtime":                 oneOf{"docker", "image", "go"},
		"dockerfilePath":          isText,
		"dockerContext":           isText,
		"dockerCommand":           isText,
		"plan":                    oneOf{"free", "starter", "standard", "pro"},
		"region":                  oneOf{"oregon", "ohio", "virginia", "frankfurt", "singapore"},
		"branch":                  isText,
		"numInstances":            isNumber,
		"healthCheckPath":         oneOf{"/healthz", "/readyz"},
		"maxShutdownDelaySeconds": isNumber,
		"disk":                    shape{"name": isText, "mountPath": isText, "sizeGB": isNumber},
		"envVars":                 []any{shape{"key": isText, "value": isText, "sync": isSwitch, "generateValue": isSwitch}},
	}},
}

// https://fly.io/docs/reference/configuration/
var flyShape = shape{
	"app":            isText,
	"primary_region": isText,
	"kill_signal":    oneOf{"SIGTERM", "SIGINT"},
	"kill_timeout":   isText,
	"build":          shape{"dockerfile": isText, "image": isText, "args": shape{"*": isText}},
	"env":            shape{"*": isText},
	"mounts":         []any{shape{"source": isText, "destination": isText, "initial_size": isText}},
	"http_service": shape{
		"internal_port":        isNumber,
		"force_https":          isSwitch,
		"auto_stop_machines":   oneOf{"off", "stop", "suspend"},
		"auto_start_machines":  isSwitch,
		"min_machines_running": isNumber,
		"checks": []any{shape{
			"method": oneOf{"GET", "HEAD"}, "path": oneOf{"/healthz", "/readyz"}, "interval": isText, "timeout": isText, "grace_period": isText,
		}},
	},
	"vm": []any{shape{"size": isText, "memory": isText, "cpus": isNumber, "cpu_kind": oneOf{"shared", "performance"}}},
}

// https://goreleaser.com/customization/
var goreleaserShape = shape{
	"version":      isNumber,
	"project_name": isText,
	"dist":         isText,
	"builds": []any{shape{
		"id": isText, "main": isText, "binary": isText, "env": isTexts, "goos": isTexts, "goarch": isTexts, "flags": isTexts, "ldflags": isTexts, "mod_timestamp": isText,
	}},
	"archives": []any{shape{
		"id": isText, "formats": isTexts, "name_template": isText, "files": isTexts,
		"builds_info":      shape{"mtime": isText, "mode": isNumber, "owner": isText, "group": isText},
		"format_overrides": []any{shape{"goos": isText, "formats": isTexts}},
	}},
	"checksum":  shape{"name_template": isText, "algorithm": isText},
	"sboms":     []any{shape{"id": isText, "artifacts": oneOf{"source", "package", "archive", "binary"}}},
	"snapshot":  shape{"version_template": isText},
	"changelog": shape{"disable": isSwitch, "use": isText},
	"release":   shape{"draft": isSwitch, "prerelease": isText},
}

// systemd.unit(5), systemd.service(5), systemd.exec(5), systemd.kill(5), systemd.resource-control(5) of systemd 252.
var unitKeys = map[string][]string{
	"Unit":    {"Description", "Documentation", "Wants", "After", "StartLimitIntervalSec", "StartLimitBurst"},
	"Install": {"WantedBy"},
	"Service": {
		"Type", "NotifyAccess", "ExecStart", "WorkingDirectory", "TimeoutStartSec", "TimeoutStopSec", "WatchdogSec", "Restart", "RestartSec", "RestartPreventExitStatus",
		"LoadCredential", "Environment", "EnvironmentFile",
		"DynamicUser", "StateDirectory", "StateDirectoryMode", "UMask",
		"ProtectSystem", "ProtectHome", "ProtectProc", "ProcSubset", "ProtectClock", "ProtectControlGroups", "ProtectHostname", "ProtectKernelLogs",
		"ProtectKernelModules", "ProtectKernelTunables", "PrivateDevices", "PrivateTmp", "PrivateUsers", "NoNewPrivileges", "CapabilityBoundingSet",
		"AmbientCapabilities", "RestrictAddressFamilies", "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality",
		"MemoryDenyWriteExecute", "RemoveIPC", "SystemCallArchitectures", "SystemCallFilter", "SystemCallErrorNumber", "DevicePolicy",
		"MemoryHigh", "MemoryMax", "TasksMax", "LimitNOFILE",
	},
}
