package container

import (
	"bytes"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	parquetformat "github.com/parquet-go/parquet-go/format"
)

// decoded is a header as parquet-go reads it.
func decoded(raw []byte) (header parquetformat.PageHeader, length int, err error) {
	r := new(thrift.CompactProtocol).NewReaderFromBytes(raw)
	err = thrift.NewDecoder(r).Decode(&header)
	return header, r.BytesRead(), err
}

// FuzzPageHeader holds the reader against parquet-go's, which decodes all of a
// header.
func FuzzPageHeader(f *testing.F) {
	page := parquetformat.PageHeader{UncompressedPageSize: 70000, CompressedPageSize: 300, CRC: -5}
	page.DataPageHeader.Valid = true
	page.DataPageHeader.V = parquetformat.DataPageHeader{NumValues: 12, Statistics: parquetformat.Statistics{MinValue: bytes.Repeat([]byte("m"), 9000), NullCount: 3}}
	dictionary := parquetformat.PageHeader{Type: parquetformat.DictionaryPage, UncompressedPageSize: 7, CompressedPageSize: 8}
	dictionary.DictionaryPageHeader.Valid = true
	dictionary.DictionaryPageHeader.V.NumValues = 4
	second := parquetformat.PageHeader{Type: parquetformat.DataPageV2, UncompressedPageSize: 1 << 30, CompressedPageSize: 1}
	second.DataPageHeaderV2.Valid = true
	second.DataPageHeaderV2.V = parquetformat.DataPageHeaderV2{NumValues: 1 << 30, NumRows: 2}
	for _, header := range []parquetformat.PageHeader{page, dictionary, second} {
		raw, err := thrift.Marshal(new(thrift.CompactProtocol), &header)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
		got, err := readPageHeader(bytes.NewReader(append(raw, "the page"...)))
		values := int64(header.DataPageHeader.V.NumValues + header.DataPageHeaderV2.V.NumValues)
		entries := values + int64(header.DictionaryPageHeader.V.NumValues)
		want := pageHeader{int64(len(raw)), int64(header.CompressedPageSize), int64(header.UncompressedPageSize), values, entries}
		if err != nil || got != want {
			f.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := readPageHeader(bytes.NewReader(raw))
		header, length, full := decoded(raw)
		if err != nil || full != nil {
			return
		}
		if got.length != int64(length) || got.size != int64(header.CompressedPageSize) || got.uncompressed != int64(header.UncompressedPageSize) {
			t.Errorf("%x: got %+v, parquet-go reads %d bytes, %+v", raw, got, length, header)
		}
	})
}
