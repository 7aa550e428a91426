//go:build !windows && !plan9 && !solaris && !aix

package boltstore

import (
	"os"
	"syscall"
)

// unlock gives back the lock that bbolt took on the file.
func unlock(f *os.File) { _ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }
