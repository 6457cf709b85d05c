#!/usr/bin/env bash
# Installs what some tests drive and npm does not bring: Chromium. Does nothing where it is there already, and never fails:
# tests that miss a program skip and say which.
set -u

have_chromium() {
  [ -n "${CHROMIUM_PATH:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
    command -v google-chrome >/dev/null
}

if ! have_chromium; then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo 'installing chromium (about a minute)'
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 ||
      echo 'chromium could not be installed: the browser tests will be skipped'
  else
    echo 'no chromium found: the browser tests will be skipped. Install it, or set CHROMIUM_PATH.'
  fi
fi
command -v kubectl >/dev/null || echo 'no kubectl found: the kubectl tests will be skipped.'
exit 0
