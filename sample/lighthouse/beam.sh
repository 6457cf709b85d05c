#!/bin/sh
# Prints the distance to the horizon in metres, for a lamp $1 metres above the sea: sqrt(2 * R * h), R = 6 371 km.
awk -v height="$1" 'BEGIN { printf "%d\n", sqrt(2 * 6371000 * height) }'
