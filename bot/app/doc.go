// Package app is the command line, the configuration, the wiring and the lifecycle. It is the only package that names every part.
package app
