package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// KeysOf returns the keys that the struct T declares, in the order of its fields.
// A field's type says what the key holds, its tags the rest:
//
//	toml       the key's name; "-": the field is no key
//	help       what it is, in one line
//	required   "true": it must be there
//	default    the value where it is not there, as it would be written
//	otherwise  what that means where no value says it, for people
//	oneof      the values allowed, with commas between them
//	secret     "only": env:NAME or file:PATH; "may": one of these, or plain text
//	path       "true": a file path, which Into makes absolute
//	positive   "true": a duration of more than 0
//	least      the shortest duration allowed
//	now        the key that has taken its place, such as "http.headers"
//
// A string, bool, float64, time.Duration, []string, map[string]string and any is a key
// of that type, a struct a table below the key. A pointer to one of these is nil where
// the key is not there. The keys of an embedded struct are keys of T: so several kinds
// share a group of keys, whose package need not know this one.
//
// It panics where T declares nothing that can be read: that is a mistake in the program.
func KeysOf[T any]() []Key { return keysOf(reflect.TypeFor[T]()) }

func keysOf(t reflect.Type) []Key {
	if t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("%s is no struct", t))
	}
	var keys []Key
	eachField(reflect.New(t).Elem(), func(name string, f reflect.StructField, _ reflect.Value) {
		if slices.ContainsFunc(keys, func(k Key) bool { return k.Name == name }) {
			panic(fmt.Sprintf("%s declares the key %s twice", t, name))
		}
		keys = append(keys, declared(t, f))
	})
	return keys
}

// eachField calls do for every field of the struct v that is a key, those of embedded
// structs among them, with the key's name and the field in v.
func eachField(v reflect.Value, do func(name string, f reflect.StructField, v reflect.Value)) {
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		switch name, tagged := f.Tag.Lookup("toml"); {
		case name == "-":
		case f.Anonymous && !tagged && f.Type.Kind() == reflect.Struct:
			eachField(v.Field(i), do)
		case f.Anonymous && !tagged:
			panic(fmt.Sprintf("%s is no struct", f.Type))
		case !f.IsExported() || name == "":
			panic(fmt.Sprintf("%s.%s: a key needs a field with a capital letter and the tag toml", t, f.Name))
		default:
			do(name, f, v.Field(i))
		}
	}
}

// declared reads the type and the tags of a field of t.
func declared(t reflect.Type, f reflect.StructField) Key {
	wrong := func(format string, args ...any) {
		panic(fmt.Sprintf("%s.%s: %s", t, f.Name, fmt.Sprintf(format, args...)))
	}
	tag := f.Tag.Get
	k := Key{Name: tag("toml"), Help: tag("help"), Required: tag("required") == "true", Positive: tag("positive") == "true", Now: tag("now")}
	held := f.Type
	if held.Kind() == reflect.Pointer {
		held = held.Elem()
	}
	k.Type = typeOf(held, tag("secret"))
	switch k.Type {
	case "":
		wrong("a %s with secret %q cannot be read", f.Type, tag("secret"))
	case SubTable:
		k.Keys = keysOf(held)
	}
	if list := tag("oneof"); list != "" {
		k.OneOf = strings.Split(list, ",")
	}
	if text := tag("least"); text != "" {
		least, err := ParseDuration(text)
		if err != nil {
			wrong("least: %v", err)
		}
		k.Least = least
	}
	if (k.Positive || k.Least > 0) && k.Type != Duration || tag("path") == "true" && k.Type != String || len(k.OneOf) > 0 && k.Type != String {
		wrong("a tag that is not for a %s", k.Type)
	}
	if text, there := f.Tag.Lookup("default"); there {
		if literal(k.Type, text) == nil || f.Type != held || k.Required {
			wrong("no default %q for this field", text)
		}
		k.Default = text
	}
	if text := tag("otherwise"); text != "" {
		k.Default = text
	}
	return k
}

// byDefault returns the value of the key f where it is not there, as decoded; nil: the
// field's zero value.
func byDefault(f reflect.StructField) any {
	text, there := f.Tag.Lookup("default")
	if !there {
		return nil
	}
	return literal(typeOf(f.Type, f.Tag.Get("secret")), text)
}

// typeOf returns what a key holds whose field is a t; "" where nothing is known for it.
func typeOf(t reflect.Type, secret string) Type {
	held := plainType(t)
	switch {
	case secret == "only" && held == String:
		return Secret
	case secret == "may" && held == String:
		return SecretText
	case secret == "may" && held == Strings:
		return SecretList
	case secret != "":
		return ""
	case held == "" && t.Kind() == reflect.Struct:
		return SubTable
	}
	return held
}

// plainType returns what a key holds whose field is a t and has no tag; "" for other types.
func plainType(t reflect.Type) Type {
	switch t {
	case reflect.TypeFor[string]():
		return String
	case reflect.TypeFor[[]string]():
		return Strings
	case reflect.TypeFor[bool]():
		return Bool
	case reflect.TypeFor[float64]():
		return Number
	case reflect.TypeFor[time.Duration]():
		return Duration
	case reflect.TypeFor[map[string]string]():
		return StringMap
	case reflect.TypeFor[any]():
		return Any
	}
	return ""
}

// literal returns text as the TOML library would decode it for a key of type t;
// nil where it is none.
func literal(t Type, text string) any {
	switch t {
	case String, SecretText:
		return text
	case Strings:
		var list []any
		for item := range strings.SplitSeq(text, ",") {
			list = append(list, item)
		}
		return list
	case Bool:
		if b, err := strconv.ParseBool(text); err == nil {
			return b
		}
	case Number:
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return n
		}
	case Duration:
		if _, err := ParseDuration(text); err == nil {
			return text
		}
	}
	return nil
}
