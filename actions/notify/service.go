package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"slices"

	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
)

// unfit are services of the library that reach nobody, or log in when they are made.
const (
	unfitLogger   = "logger" // writes to a log of the library's
	loginAtCreate = "matrix"
)

// services returns the names of the services that can be used.
func services() []string {
	names := (&router.ServiceRouter{}).ListServices()
	names = slices.DeleteFunc(names, func(name string) bool { return name == unfitLogger })
	slices.Sort(names)
	return names
}

func knows(scheme string) bool { return slices.Contains(services(), scheme) }

// locate makes the library's service; its errors hold the address.
func (t *target) locate() (types.Service, error) {
	r, err := router.New(log.New(io.Discard, "", 0))
	if err != nil {
		return nil, err
	}
	service, err := r.Locate(t.raw)
	if errors.Is(err, router.ErrInitializeFailed) { // why, the library does not say
		scheme := schemeOf(t.address.Scheme)
		err = fmt.Errorf("its address is not of the form that %s needs", scheme)
		if scheme == loginAtCreate {
			err = fmt.Errorf("its address is not of the form that %s needs, or the login was refused", scheme)
		}
	}
	return service, err
}

// check makes the service, as far as that asks nobody.
func (t *target) check() error {
	if t.slots == nil || schemeOf(t.address.Scheme) == loginAtCreate {
		return nil
	}
	_, err := t.locate()
	return err
}

// send sends m by the library, which takes no context: where ctx is done
// first, its goroutine stays behind until the library gives up.
func (t *target) send(ctx context.Context, m message) (string, error) {
	select {
	case t.slots <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	result := make(chan error, 1)
	go func() {
		defer func() { <-t.slots }()
		defer func() {
			if r := recover(); r != nil {
				result <- fmt.Errorf("panic: %v", r)
			}
		}()
		service, err := t.locate()
		if err == nil {
			err = service.Send(m.whole(), &types.Params{})
		}
		result <- err
	}()
	select {
	case err := <-result:
		if err != nil {
			return "not sent", plain(err)
		}
		return "sent", nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// plain makes sure that a time-out of the library's own is not taken for one of the caller's.
func plain(err error) error {
	if cause(err) != nil {
		return errors.New("the service did not answer in time")
	}
	return err
}
