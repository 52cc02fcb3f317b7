module conv2dsubject

go 1.19
