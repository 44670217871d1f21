module brightfen.example/routebook

go 1.21
