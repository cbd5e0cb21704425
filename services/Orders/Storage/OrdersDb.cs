using Consistency.Replication;
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

    public IEnumerable<Order> OrdersOf(string keys) =>
        Orders.FromSqlRaw("SELECT * FROM orders WHERE order_id IN (SELECT value FROM json_each({0}))", keys);

    /// <summary>
    /// Orders of pattern workflow that wait for their workflow, in order of their ids: not decided, or to be carried out by a SettleOrder. Not
    /// those that wait for an operator, and not before they were quiet for the grace time, doubled with every restart. Each half by its own
    /// index of these few orders.
    /// </summary>
    public IEnumerable<Order> FindWaitingWorkflows(string after, DateTimeOffset now, TimeSpan grace, int countMax) => Orders.FromSqlRaw(
        """
        SELECT * FROM orders WHERE order_id IN
            (SELECT order_id FROM orders
                WHERE status = 'Pending' AND pattern = 'workflow' AND order_id > {0} AND attention_step IS NULL
                    AND changed_at < {1} - ({2} << min(workflow_restarts, 20))
            UNION SELECT order_id FROM orders
                WHERE settling AND order_id > {0} AND attention_step IS NULL AND changed_at < {1} - ({2} << min(workflow_restarts, 20))
            ORDER BY order_id LIMIT {3})
        ORDER BY order_id
        """,
        after,
        now.ToUnixTimeMilliseconds(),
        (long)grace.TotalMilliseconds,
        countMax);

    public CatalogEntry? FindProduct(string sku) => ProductBySku(this, sku);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>(order =>
        {
            order.ToTable("orders").HasKey(o => o.OrderId);
            order.Property(o => o.Lines).AsJson();
            order.Property(o => o.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<CatalogEntry>().ToTable("catalog").HasKey(c => c.Sku);
        modelBuilder.HasReplicatedRecords();
        modelBuilder.UseHouseConventions();
    }
}
