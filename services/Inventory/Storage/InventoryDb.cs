using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Inventory.Storage;

/// <summary>Inventory's own database.</summary>
internal sealed class InventoryDb(DbContextOptions<InventoryDb> options) : DbContext(options)
{
    // Compiled: DbContext.Find compiles its predicate anew on every call, which costs far more than the look-up itself.
    private static readonly Func<InventoryDb, string, StockItem?> StockBySku =
        EF.CompileQuery((InventoryDb db, string key) => db.Stock.AsTracking().FirstOrDefault(e => e.Sku == key));

    private static readonly Func<InventoryDb, string, Reservation?> ReservationByOrderId =
        EF.CompileQuery((InventoryDb db, string key) => db.Reservations.AsTracking().FirstOrDefault(e => e.OrderId == key));

    public DbSet<StockItem> Stock => Set<StockItem>();

    public DbSet<Reservation> Reservations => Set<Reservation>();

    public StockItem? FindStock(string sku) => StockBySku(this, sku);

    public Reservation? FindReservation(string orderId) => ReservationByOrderId(this, orderId);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<StockItem>(stock =>
        {
            stock.ToTable("stock").HasKey(s => s.Sku);
            stock.Property(s => s.Sku).HasColumnName("sku");
            stock.Property(s => s.Name).HasColumnName("name");
            stock.Property(s => s.UnitPriceCents).HasColumnName("unit_price_cents");
            stock.Property(s => s.Withdrawn).HasColumnName("withdrawn");
            stock.Property(s => s.Received).HasColumnName("received");
            stock.Property(s => s.Available).HasColumnName("available");
            stock.Property(s => s.Reserved).HasColumnName("reserved");
            stock.Property(s => s.Shipped).HasColumnName("shipped");
            stock.Property(s => s.ProductVersion).HasColumnName("product_version");
        });
        modelBuilder.Entity<Reservation>(reservation =>
        {
            reservation.ToTable("reservation").HasKey(r => r.OrderId);
            reservation.Property(r => r.OrderId).HasColumnName("order_id");
            reservation.Property(r => r.Status).HasColumnName("status");
            reservation.Property(r => r.ReasonCode).HasColumnName("reason_code");
            reservation.Property(r => r.Lines).HasColumnName("lines").AsJson();
            reservation.Property(r => r.OrderVersion).HasColumnName("order_version");
            reservation.Property(r => r.ChangedAt).HasColumnName("changed_at").AsUnixMilliseconds();
        });
    }
}
