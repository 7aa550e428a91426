//go:build !linux

package app

// unmapProgram does nothing: other systems drop such pages only when memory is short.
func unmapProgram() error { return nil }
