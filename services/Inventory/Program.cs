using Contracts;
using Inventory.Adjusting;
using Inventory.Products;
using Inventory.Reading;
using Inventory.Reserving;
using Inventory.Storage;
using ServiceDefaults.Hosting;
using ServiceDefaults.Messaging;

var builder = WebApplication.CreateBuilder(args);
builder.AddConsistentService<InventoryDb>(AppIds.Inventory, options => new InventoryDb(options));

var app = builder.Build();
app.MapConsistentService<InventoryDb>(StockQueries.CountHeld);
app.MapProducts();
app.MapAdjusting();
app.MapReserving();
app.MapReservationSteps();
app.MapReading();
app.MapTopics<InventoryDb>(Topics.Orders);
app.Run();
