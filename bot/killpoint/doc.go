// Package killpoint ends the process at named points, as kill -9 would, in builds with the tag chaos. In any other build its functions do nothing.
package killpoint
