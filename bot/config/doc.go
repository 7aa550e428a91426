// Package config owns the settings: their keys, environment variables, defaults and bounds, and how they are read, checked and printed.
// It opens nothing and starts nothing.
package config
