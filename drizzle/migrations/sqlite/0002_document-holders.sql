CREATE TABLE `retail_documents` (
	`c8_origin` text NOT NULL,
	`document_id` text NOT NULL,
	`order_id` integer NOT NULL,
	PRIMARY KEY(`c8_origin`, `document_id`),
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `retail_documents_order` ON `retail_documents` (`order_id`);--> statement-breakpoint
ALTER TABLE `set_of_books` ADD `lookup_broken_at` integer;--> statement-breakpoint
ALTER TABLE `set_of_books` ADD `lookup_checked_at` integer;
--> statement-breakpoint
-- Where earlier versions gave one document to several orders, the first to be imported holds it. The others keep what
-- they say of it, and a reset frees them (docs/operations.md).
INSERT OR IGNORE INTO `retail_documents` (`c8_origin`, `document_id`, `order_id`)
SELECT `set_of_books`.`c8_origin`,
	CASE WHEN `orders`.`retail_id` LIKE '"%' THEN json_extract(`orders`.`retail_id`, '$') ELSE `orders`.`retail_id` END,
	`orders`.`id`
FROM `orders` JOIN `set_of_books` ON `set_of_books`.`id` = `orders`.`set_of_book_id`
WHERE `orders`.`retail_id` IS NOT NULL
ORDER BY `orders`.`imported_at`, `orders`.`id`;
