package format

import "os"

func (s *Source) readParquet(r *reader, f *os.File, size int64) error {
	return r.reject(1, Truncated, "parquet is not read yet")
}
