package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
)

// table is what a Set looks for. It does not change once it is made.
type table struct {
	texts   map[string]bool // what was added
	needles map[needle]bool
	begins  [256]bool     // the bytes that a secret may begin with, escaped or not
	first   [256][]needle // the needles by their first byte; those of hex by both cases
}

// needle is one text to look for.
type needle struct {
	text    string
	folds   bool // hex, in lower case here: A is a
	wrapped bool // it may be broken into lines
}

// with returns a table that knows texts as well; nil where t knows them all.
func (t *table) with(texts []string) *table {
	next := &table{texts: map[string]bool{}, needles: map[needle]bool{}}
	if t != nil {
		next.texts, next.needles, next.first, next.begins = maps.Clone(t.texts), maps.Clone(t.needles), t.first, t.begins
	}
	var fresh []needle
	for _, text := range texts {
		if len(text) < shortest || next.texts[text] {
			continue
		}
		next.texts[text] = true
		for _, n := range needlesOf(text) {
			if len(n.text) >= shortest && !next.needles[n] {
				next.needles[n] = true
				fresh = append(fresh, n)
			}
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	for _, b := range []byte(`%\&+`) {
		next.begins[b] = true
	}
	for _, n := range fresh {
		b := n.text[0]
		next.list(b, n)
		if n.folds && b >= 'a' {
			next.list(b-'a'+'A', n)
		}
	}
	return next
}

// list adds n to the needles that begin with b. It leaves the list alone that
// an older table has.
func (t *table) list(b byte, n needle) {
	t.begins[b] = true
	t.first[b] = append(slices.Clip(t.first[b]), n)
}

// needlesOf returns what to look for where secret must not be seen: itself, and
// what it is inside of base64 and hex; so too for what it is in a URL or in
// JSON, as that may be encoded once more.
func needlesOf(secret string) []needle {
	var out []needle
	for _, text := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), inJSON(secret, true), inJSON(secret, false)} {
		b := []byte(text)
		out = append(out, needle{text: text}, needle{text: hex.EncodeToString(b), folds: true, wrapped: true})
		for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			for before := range 3 {
				for _, form := range base64At(enc, b, before) {
					out = append(out, needle{text: form, wrapped: true})
				}
			}
		}
	}
	return out
}

// base64At returns how secret looks in base64 where before bytes of a group of
// three stand in front of it: cut to what only its own bytes decide, and as it is
// where the whole ends with it, without padding and with.
func base64At(enc *base64.Encoding, secret []byte, before int) []string {
	padded := enc.EncodeToString(append(make([]byte, before), secret...))
	padded = padded[[]int{0, 2, 3}[before]:]
	whole := bytes.TrimRight([]byte(padded), "=")
	cut := whole
	if (before+len(secret))%3 != 0 {
		cut = whole[:len(whole)-1]
	}
	return []string{padded, string(whole), string(cut)}
}

// inJSON returns secret as it stands in a JSON string, with < > & escaped or not.
func inJSON(secret string, html bool) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(html)
	if enc.Encode(secret) != nil { // a string always can be
		return secret
	}
	text := bytes.TrimSpace(b.Bytes())
	return string(text[1 : len(text)-1])
}
