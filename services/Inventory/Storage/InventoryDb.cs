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

    public IEnumerable<StockItem> StockOf(string keys) =>
        Stock.FromSqlRaw("SELECT * FROM stock WHERE sku IN (SELECT value FROM json_each({0}))", keys);

    public IEnumerable<Reservation> ReservationsOf(string keys) =>
        Reservations.FromSqlRaw("SELECT * FROM reservation WHERE order_id IN (SELECT value FROM json_each({0}))", keys);

    public Reservation? FindReservation(string orderId) => ReservationByOrderId(this, orderId);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<StockItem>().ToTable("stock").HasKey(s => s.Sku);
        modelBuilder.Entity<Reservation>(reservation =>
        {
            reservation.ToTable("reservation").HasKey(r => r.OrderId);
            reservation.Property(r => r.Lines).AsJson();
            reservation.Property(r => r.Order).AsJson();
        });
        modelBuilder.UseHouseConventions();
    }
}
