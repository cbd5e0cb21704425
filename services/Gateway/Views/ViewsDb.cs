using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Views;

/// <summary>The gateway's own database: what it has read in the services' feeds. May be deleted; it is filled again.</summary>
internal sealed class ViewsDb(DbContextOptions<ViewsDb> options) : DbContext(options)
{
    private static readonly Func<ViewsDb, string, OrderRow?> RowByOrderId = EF.CompileQuery((ViewsDb db, string key) =>
        db.Orders.AsNoTracking().FirstOrDefault(r => r.Edition == db.States.Select(s => s.Active).FirstOrDefault() && r.OrderId == key));

    private static readonly Func<ViewsDb, EditionState> TheState = EF.CompileQuery((ViewsDb db) => db.States.AsNoTracking().First());

    public DbSet<OrderRow> Orders => Set<OrderRow>();

    public DbSet<EditionState> States => Set<EditionState>();

    public DbSet<CompleteFeed> Complete => Set<CompleteFeed>();

    /// <summary>A row of the serving edition.</summary>
    public OrderRow? FindOrder(string orderId) => RowByOrderId(this, orderId);

    public EditionState State() => TheState(this);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<OrderRow>(row =>
        {
            row.ToTable("order_view").HasKey(r => new { r.Edition, r.OrderId });
            row.Property(r => r.Lines).AsJson();
        });
        modelBuilder.Entity<EditionState>().ToTable("order_view_state").HasKey(s => s.Id);
        modelBuilder.Entity<CompleteFeed>().ToTable("order_view_complete").HasKey(c => new { c.Edition, c.Source });
        modelBuilder.UseHouseConventions();
    }
}
