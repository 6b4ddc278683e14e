package config

import (
	"reflect"
	"time"
)

// Into returns the values of t, which was checked against KeysOf[T], as a T. Keys
// that are not there have their default, and paths are made absolute from dir. A
// secret is the text that says where it is found; it is not resolved.
func Into[T any](t Table, dir string) T {
	var out T
	fill(reflect.ValueOf(&out).Elem(), t, dir)
	return out
}

func fill(into reflect.Value, t Table, dir string) {
	eachField(into, func(name string, f reflect.StructField, v reflect.Value) {
		raw, there := t.values[name]
		if !there {
			raw = byDefault(f)
		}
		switch {
		case there, raw != nil:
		case v.Kind() == reflect.Struct: // its keys may have defaults
			raw = map[string]any{}
		default:
			return
		}
		if v.Kind() == reflect.Pointer {
			v.Set(reflect.New(v.Type().Elem()))
			v = v.Elem()
		}
		set(v, f, raw, dir)
	})
}

// set sets v, which is no pointer, to raw; to its zero value where raw is of another type.
func set(v reflect.Value, f reflect.StructField, raw any, dir string) {
	one := Table{map[string]any{"": raw}}
	switch into := v.Addr().Interface().(type) {
	case *string:
		if *into = one.String(""); f.Tag.Get("path") == "true" {
			*into = one.Path("", dir)
		}
	case *bool:
		*into = one.Bool("")
	case *float64:
		*into = one.Number("")
	case *time.Duration:
		*into = one.Duration("", 0)
	case *[]string:
		*into = one.Strings("")
	case *map[string]string:
		*into = one.StringMap("")
	case *any:
		*into = raw
	default:
		fill(v, one.Table(""), dir)
	}
}
