//go:build linux || darwin || freebsd

package app

import "syscall"

// diskSpace returns the bytes that this process can still write to the directory's volume, and the volume's size in bytes.
func diskSpace(dir string) (free, total uint64, err error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, 0, err
	}
	block := uint64(st.Bsize)                                //nolint:gosec // never negative
	return uint64(st.Bavail) * block, st.Blocks * block, nil //nolint:unconvert,gosec // signed on some systems
}
