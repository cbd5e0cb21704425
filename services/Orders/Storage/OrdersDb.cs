using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Orders.Storage;

/// <summary>Orders' own database.</summary>
internal sealed class OrdersDb(DbContextOptions<OrdersDb> options) : DbContext(options)
{
    // Compiled: DbContext.Find compiles its predicate anew on every call, which costs far more than the look-up itself.
    private static readonly Func<OrdersDb, string, Order?> OrderByOrderId =
        EF.CompileQuery((OrdersDb db, string key) => db.Orders.AsTracking().FirstOrDefault(e => e.OrderId == key));

    private static readonly Func<OrdersDb, string, CatalogEntry?> ProductBySku =
        EF.CompileQuery((OrdersDb db, string key) => db.Catalog.AsTracking().FirstOrDefault(e => e.Sku == key));

    public DbSet<Order> Orders => Set<Order>();

    public DbSet<CatalogEntry> Catalog => Set<CatalogEntry>();

    public Order? FindOrder(string orderId) => OrderByOrderId(this, orderId);

    public CatalogEntry? FindProduct(string sku) => ProductBySku(this, sku);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>(order =>
        {
            order.ToTable("orders").HasKey(o => o.OrderId);
            order.Property(o => o.OrderId).HasColumnName("order_id");
            order.Property(o => o.CustomerId).HasColumnName("customer_id");
            order.Property(o => o.Pattern).HasColumnName("pattern");
            order.Property(o => o.Status).HasColumnName("status");
            order.Property(o => o.ReasonCode).HasColumnName("reason_code");
            order.Property(o => o.Detail).HasColumnName("detail");
            order.Property(o => o.InvoiceNumber).HasColumnName("invoice_number");
            order.Property(o => o.Lines).HasColumnName("lines").AsJson();
            order.Property(o => o.TotalCents).HasColumnName("total_cents");
            order.Property(o => o.Version).HasColumnName("version").IsConcurrencyToken();
            order.Property(o => o.PlacedAt).HasColumnName("placed_at").AsUnixMilliseconds();
            order.Property(o => o.ClientWroteAt).HasColumnName("client_wrote_at").AsUnixMilliseconds();
            order.Property(o => o.ChangedAt).HasColumnName("changed_at").AsUnixMilliseconds();
        });
        modelBuilder.Entity<CatalogEntry>(entry =>
        {
            entry.ToTable("catalog").HasKey(c => c.Sku);
            entry.Property(c => c.Sku).HasColumnName("sku");
            entry.Property(c => c.Name).HasColumnName("name");
            entry.Property(c => c.UnitPriceCents).HasColumnName("unit_price_cents");
            entry.Property(c => c.Withdrawn).HasColumnName("withdrawn");
            entry.Property(c => c.Version).HasColumnName("version");
        });
    }
}
