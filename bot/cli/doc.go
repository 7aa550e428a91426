// Package cli is the command line: it reads the flags with kong, loads the configuration, and calls the package that does the work. It owns the
// exit codes and the process's signals.
package cli
