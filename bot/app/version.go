package app

import "runtime/debug"

// linked is set by the linker: -X excursobot/bot/app.linked=v1.2.3.
var linked string

// Version returns the version that the linker set, otherwise the one that the Go command recorded, otherwise "devel".
func Version() string {
	if linked != "" {
		return linked
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
