package engine

import (
	"errors"
	"fmt"

	"gonogo/model"
)

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %w", model.ErrRefused, fmt.Errorf(format, args...))
}

// errLater is what take returns for an intent that is answered later.
var errLater = errors.New("it is answered later")
