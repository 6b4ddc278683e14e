package main

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"gonogo/model"
	"gonogo/ui"
	"gonogo/ui/settings"
	"gonogo/ui/theme"
)

// looks returns how the screen looks, and what is wrong with ui.toml: nobody is kept from a
// rollout by that. The error is of the command line.
func (a *app) looks() (look settings.Settings, trouble string, err error) {
	if dir, found := os.UserConfigDir(); found == nil {
		look, err = settings.Load(settings.Path(dir))
		if wrong := (*ui.KeyError)(nil); err == nil && errors.As(ui.CheckKeys(look.Keys), &wrong) {
			err = look.Wrong(wrong.Command, "keys.%s", wrong)
		}
	}
	if err != nil {
		trouble = model.Inert(err.Error())
		a.warn(trouble + "; the cockpit looks as usual")
		look = settings.Settings{}
	}
	look, err = look.Choose(a.theme, a.ascii)
	return look, trouble, err
}

// lookFlags are those of a command with a screen.
func (a *app) lookFlags(c *cobra.Command) {
	c.Flags().StringVar(&a.theme, "theme", "", "the screen's colours: "+strings.Join(theme.Names(), ", ")+" (default ui.toml's, else auto)")
	c.Flags().StringVar(&a.ascii, "ascii", "", "draw with ASCII only, or with --ascii=false not (default ui.toml's, else as the terminal is)")
	c.Flags().Lookup("ascii").NoOptDefVal = "true"
}
