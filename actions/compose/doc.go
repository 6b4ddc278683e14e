// Package compose is the kind "compose": a service of a Compose project that is
// recreated, and the reader that sees its containers made anew.
//
// It recreates (up -d --force-recreate --no-deps): a restart keeps the
// environment that the container was made with, so that a changed .env would
// never reach it. That is believed only when every container of the service
// runs and is another one, or was started anew.
//
// docker is run through gonogo/internal/process, with the variables of the
// environment that docker and compose look at; what else the Compose file
// interpolates comes from its .env, or is named in pass_env. No goroutine
// outlives a call. It imports gonogo/model, gonogo/model/config and
// gonogo/internal/process only.
package compose
