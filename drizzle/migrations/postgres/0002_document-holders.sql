CREATE TABLE "retail_documents" (
	"c8_origin" text NOT NULL,
	"document_id" text NOT NULL,
	"order_id" bigint NOT NULL,
	CONSTRAINT "retail_documents_c8_origin_document_id_pk" PRIMARY KEY("c8_origin","document_id")
);
--> statement-breakpoint
ALTER TABLE "set_of_books" ADD COLUMN "lookup_broken_at" bigint;--> statement-breakpoint
ALTER TABLE "set_of_books" ADD COLUMN "lookup_checked_at" bigint;--> statement-breakpoint
ALTER TABLE "retail_documents" ADD CONSTRAINT "retail_documents_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "retail_documents_order" ON "retail_documents" USING btree ("order_id");--> statement-breakpoint
-- Where earlier versions gave one document to several orders, the first to be imported holds it. The others keep what
-- they say of it, and a reset frees them (docs/operations.md).
INSERT INTO "retail_documents" ("c8_origin", "document_id", "order_id")
SELECT "set_of_books"."c8_origin",
	CASE WHEN "orders"."retail_id" LIKE '"%' THEN "orders"."retail_id"::json #>> '{}' ELSE "orders"."retail_id" END,
	"orders"."id"
FROM "orders" JOIN "set_of_books" ON "set_of_books"."id" = "orders"."set_of_book_id"
WHERE "orders"."retail_id" IS NOT NULL
ORDER BY "orders"."imported_at", "orders"."id"
ON CONFLICT DO NOTHING;
