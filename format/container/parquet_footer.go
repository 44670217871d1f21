package container

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

// SealKey is the key in a Parquet footer under which our own files keep a
// checksum of that footer: eight hexadecimal digits of CRC-32C, computed with
// zeros in their place. A flipped bit could otherwise turn a column's name or
// the number of rows into another that is as good.
const SealKey = "trainyard.crc32c"

// SealedBy is the writer whose files have a seal, as it names itself in the
// footer.
const SealedBy = "trainyard version 2"

const sealLength = 8

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Seal encodes a footer with the checksum that belongs into it.
func Seal(encode func(seal string) []byte) []byte {
	return encode(fmt.Sprintf("%08x", crc32.Checksum(encode("00000000"), castagnoli)))
}

// CheckFooter looks at the last bytes of a Parquet file before a library does.
// It holds the length that the file gives for its footer against the file's
// own, since parquet-go would allocate up to 4 GiB for it, and the seal of a
// footer that has one, or should.
func CheckFooter(f io.ReaderAt, size int64) error {
	const lengthAndMagic = 8
	if size < lengthAndMagic {
		return fmt.Errorf("a file of %d bytes", size)
	}
	var end [lengthAndMagic]byte
	if _, err := f.ReadAt(end[:], size-lengthAndMagic); err != nil {
		return err
	}
	length := int64(binary.LittleEndian.Uint32(end[:]))
	if length > size-lengthAndMagic {
		return fmt.Errorf("a footer of %d bytes in a file of %d", length, size)
	}
	footer := make([]byte, length)
	if _, err := f.ReadAt(footer, size-lengthAndMagic-length); err != nil {
		return err
	}
	return checkSeal(footer)
}

// checkSeal changes the footer it is given.
func checkSeal(footer []byte) error {
	at := bytes.LastIndex(footer, []byte(SealKey))
	if at < 0 {
		if bytes.Contains(footer, []byte(SealedBy)) {
			return fmt.Errorf("the footer is damaged: its checksum is missing")
		}
		return nil
	}
	seal := at + len(SealKey) + 2 // the value's type and length, a byte each
	if len(footer) < seal+sealLength {
		return fmt.Errorf("the footer is damaged: its checksum is cut off")
	}
	said := string(footer[seal : seal+sealLength])
	copy(footer[seal:], slices.Repeat([]byte{'0'}, sealLength))
	if is := fmt.Sprintf("%08x", crc32.Checksum(footer, castagnoli)); is != said {
		return fmt.Errorf("the footer is damaged: its checksum is %s, it says %q", is, said)
	}
	return nil
}
