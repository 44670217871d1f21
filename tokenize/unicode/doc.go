// Package unicode holds what the split expressions of tokenizers know of
// characters: letters, numbers, marks, white space and case of Unicode 16, and
// NFC by the tables of Unicode 9, as Hugging Face's tokenizers have them.
//
// The standard library's tables are of another Unicode version, and x/text's NFC
// is slower on text that is already composed; the ids would differ, or the time.
package unicode
