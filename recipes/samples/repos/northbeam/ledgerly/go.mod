module northbeam.example/ledgerly

go 1.21
