CREATE TABLE `order_view_defaults` (
	`set_of_book_id` integer NOT NULL,
	`user` text NOT NULL,
	`view` text NOT NULL,
	PRIMARY KEY(`set_of_book_id`, `user`),
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `order_views` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`set_of_book_id` integer NOT NULL,
	`owner` text NOT NULL,
	`name` text NOT NULL,
	`query` text NOT NULL,
	`shared` integer NOT NULL,
	FOREIGN KEY (`set_of_book_id`) REFERENCES `set_of_books`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `order_views_name` ON `order_views` (`set_of_book_id`,`owner`,`name`);--> statement-breakpoint
CREATE INDEX `order_views_shared` ON `order_views` (`set_of_book_id`,`shared`);