ALTER TABLE "settlement_days" ADD COLUMN "progress" json;--> statement-breakpoint
ALTER TABLE "settlement_days" ADD COLUMN "lookup_places" integer;--> statement-breakpoint
CREATE INDEX "settlement_days_looking" ON "settlement_days" USING btree ("set_of_book_id") WHERE lookup_places is not null;