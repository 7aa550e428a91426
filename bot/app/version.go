package app

import "runtime/debug"

// linked is set by the linker: -X excursobot/bot/app.linked=v1.2.3.
var linked string

// Version is what the linker set, else what the Go command recorded, else "devel".
func Version() string {
	if linked != "" {
		return linked
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
