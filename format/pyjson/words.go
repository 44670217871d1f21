package pyjson

// words are short texts that were met lately, each where its bytes put it. Roles,
// types and names of tools are most of a record's texts, and few.
type words [64]string

// maxWord is the longest of them.
const maxWord = 16

// of is the text as a string, the one made for it before if that is still there.
func (w *words) of(text []byte) string {
	first, last := uint(text[0]), uint(text[len(text)-1])
	word := &w[(first+7*last+11*uint(len(text)))%uint(len(w))]
	if *word != string(text) {
		*word = string(text)
	}
	return *word
}
