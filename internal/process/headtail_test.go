package process

import (
	"strconv"
	"testing"
)

func TestHeadTail(t *testing.T) {
	all := make([]byte, 5*Kept)
	for i := range all {
		all[i] = byte('a' + i%26)
	}
	for _, total := range []int{0, 1, Kept, Kept + 1, 2 * Kept, 2*Kept + 1, 3*Kept + 7, 5 * Kept} {
		for _, chunk := range []int{1000, Kept - 1, Kept, Kept + 1, 3 * Kept} {
			var h HeadTail
			for from := 0; from < total; from += chunk {
				if n, err := h.Write(all[from:min(total, from+chunk)]); err != nil || n != min(total, from+chunk)-from {
					t.Fatal(n, err)
				}
			}
			want := string(all[:total])
			if total > 2*Kept {
				want = string(all[:Kept]) + "\n… " + strconv.Itoa(total-2*Kept) + " bytes left out …\n" + string(all[total-Kept:total])
			}
			if h.String() != want {
				t.Errorf("total %d by %d: kept %d bytes, other than wanted", total, chunk, len(h.String()))
			}
		}
	}
}
