DROP INDEX `orders_refund_waiting`;--> statement-breakpoint
DROP INDEX `orders_refund_due`;--> statement-breakpoint
CREATE INDEX `orders_refund_waiting` ON `orders` (`set_of_book_id`,`create_time`,`id`,`total_amount`) WHERE status > 101 and status in (102, 103, 104, 110) and import_state in ('created', 'imported') and refund_handled_at is null;--> statement-breakpoint
CREATE INDEX `orders_refund_due` ON `orders` (`set_of_book_id`,`update_time`,`id`,`total_amount`) WHERE status > 101 and status in (102, 104, 110) and refund_handled_at is null;