//go:build !linux && !darwin && !freebsd

package app

import "errors"

// diskSpace is not supported on this system.
func diskSpace(string) (free, total uint64, err error) {
	return 0, 0, errors.ErrUnsupported
}
